"""Word lists of the identifier generators: names, places, organisations, groups. Own work, no source."""

def _w(text: str) -> list[str]:
    return [x.strip() for x in text.replace("\n", ",").split(",") if x.strip()]

FIRST = _w("""James,Mary,John,Patricia,Robert,Jennifer,Michael,Linda,William,Elizabeth,David,Barbara,Richard,Susan,Joseph,Jessica,Thomas,Sarah
Charles,Karen,Christopher,Nancy,Daniel,Lisa,Matthew,Betty,Anthony,Margaret,Mark,Sandra,Donald,Ashley,Steven,Kimberly,Paul,Emily,Andrew,Donna
Joshua,Michelle,Kenneth,Carol,Kevin,Amanda,Brian,Melissa,George,Deborah,Edward,Stephanie,Ronald,Rebecca,Timothy,Laura,Jason,Helen,Jeffrey,Amy
Ryan,Anna,Jacob,Ruth,Gary,Olivia,Nicholas,Emma,Eric,Sophia,Jonathan,Grace,Stephen,Julia,Larry,Alice,Justin,Hannah,Scott,Zoe,Brandon,Chloe
Ahmed,Fatima,Omar,Aisha,Yusuf,Leila,Hassan,Nadia,Ali,Samira,Wei,Mei,Jun,Ling,Hiro,Yuki,Kenji,Sakura,Min,Ji,Raj,Priya,Arjun,Anjali,Sanjay,Deepa
Vikram,Lakshmi,Carlos,Maria,Juan,Sofia,Luis,Carmen,Miguel,Lucia,Diego,Elena,Pedro,Isabel,Javier,Rosa,Pierre,Camille,Luc,Amelie,Jean,Claire
Hans,Greta,Klaus,Ingrid,Lukas,Heidi,Sven,Astrid,Lars,Freja,Erik,Maja,Ivan,Olga,Dmitri,Natasha,Sergei,Tatiana,Piotr,Agnieszka,Marek,Zofia
Giovanni,Giulia,Marco,Francesca,Luca,Chiara,Kwame,Ama,Chidi,Ngozi,Tunde,Zainab,Kofi,Abena,Thabo,Lerato,Nikos,Eleni,Mehmet,Ayse,Emre,Zeynep
Noah,Liam,Ethan,Mason,Logan,Lucas,Owen,Caleb,Nathan,Isaac,Ava,Mia,Ella,Lily,Nora,Ivy,Ruby,Hazel,Stella,Clara,Felix,Oscar,Hugo,Leo,Max,Theo
Padraig,Siobhan,Niamh,Rhys,Gareth,Morag,Tariq,Bilal,Imran,Sana,Thi,Minh,Linh,Tuan,Andrei,Ioana,Bogdan,Ilinca,Bela,Katalin,Zoltan,Tomas,Jana""")
LAST = _w("""Smith,Johnson,Williams,Brown,Jones,Garcia,Miller,Davis,Rodriguez,Martinez,Hernandez,Lopez,Gonzalez,Wilson,Anderson,Thomas,Taylor,Moore
Jackson,Martin,Lee,Perez,Thompson,White,Harris,Sanchez,Clark,Ramirez,Lewis,Robinson,Walker,Young,Allen,King,Wright,Scott,Torres,Nguyen,Hill
Flores,Green,Adams,Nelson,Baker,Hall,Rivera,Campbell,Mitchell,Carter,Roberts,Gomez,Phillips,Evans,Turner,Diaz,Parker,Cruz,Edwards,Collins,Reyes
Stewart,Morris,Morales,Murphy,Cook,Rogers,Gutierrez,Ortiz,Morgan,Cooper,Peterson,Bailey,Reed,Kelly,Howard,Ramos,Kim,Cox,Ward,Richardson,Watson
Brooks,Chavez,Wood,Bennett,Gray,Mendoza,Ruiz,Hughes,Price,Alvarez,Castillo,Sanders,Patel,Myers,Long,Ross,Foster,Jimenez,Khan,Singh,Sharma,Gupta
Chen,Wang,Li,Zhang,Liu,Yang,Huang,Wu,Tanaka,Suzuki,Sato,Watanabe,Yamamoto,Park,Choi,Tran,Pham,Le,Hoang,Ali,Hussain,Ahmed,Ibrahim,Haddad,Nasser
Muller,Schmidt,Schneider,Fischer,Weber,Meyer,Wagner,Becker,Hoffmann,Dubois,Moreau,Laurent,Lefebvre,Rossi,Russo,Ferrari,Esposito,Bianchi,Romano
Kowalski,Nowak,Wisniewski,Ivanov,Petrov,Sidorov,Novak,Horvat,Kovacs,Szabo,Popescu,Ionescu,Larsen,Hansen,Olsen,Nilsson,Johansson,Andersson,Virtanen
Okafor,Adeyemi,Mensah,Owusu,Diallo,Traore,Nkosi,Dlamini,Yilmaz,Demir,Papadopoulos,Georgiou,O'Brien,O'Connor,McCarthy,MacDonald,van Dijk,de Vries
da Silva,dos Santos,Fernandes,Pereira,Costa,Abbott,Barlow,Chambers,Dawson,Ellison,Fletcher,Goodwin,Hartley,Ingram,Jennings,Keller,Lambert,Marsh""")
CITY = _w("""London,Paris,Berlin,Madrid,Rome,Vienna,Prague,Warsaw,Lisbon,Dublin,Oslo,Stockholm,Helsinki,Copenhagen,Athens,Budapest,Bucharest,Sofia
New York,Los Angeles,Chicago,Houston,Phoenix,Philadelphia,San Antonio,San Diego,Dallas,Austin,Seattle,Denver,Boston,Nashville,Portland,Las Vegas
Detroit,Memphis,Baltimore,Milwaukee,Tucson,Fresno,Sacramento,Atlanta,Miami,Tampa,Cleveland,Omaha,Oakland,Raleigh,Toronto,Vancouver,Montreal,Calgary
Mexico City,Bogota,Lima,Santiago,Buenos Aires,Sao Paulo,Cairo,Lagos,Nairobi,Accra,Cape Town,Casablanca,Tunis,Istanbul,Ankara,Dubai,Doha,Riyadh
Mumbai,Delhi,Bangalore,Chennai,Kolkata,Karachi,Lahore,Dhaka,Bangkok,Hanoi,Jakarta,Manila,Singapore,Kuala Lumpur,Tokyo,Osaka,Kyoto,Seoul,Busan
Beijing,Shanghai,Shenzhen,Taipei,Hong Kong,Sydney,Melbourne,Brisbane,Perth,Auckland,Wellington,Springfield,Fairview,Greenville,Bristol,Leeds
Manchester,Glasgow,Cardiff,Belfast,York,Oxford,Cambridge,Lyon,Marseille,Toulouse,Hamburg,Munich,Cologne,Leipzig,Milan,Naples,Turin,Zurich,Geneva""")
COUNTRY = _w("""France,Germany,Spain,Italy,Portugal,Ireland,Norway,Sweden,Finland,Denmark,Poland,Austria,Hungary,Greece,Turkey,Egypt,Nigeria,Ghana
Kenya,South Africa,Morocco,Tunisia,Algeria,Ethiopia,India,Pakistan,Bangladesh,Sri Lanka,Nepal,China,Japan,South Korea,Vietnam,Thailand,Indonesia
Malaysia,Singapore,the Philippines,Australia,New Zealand,Canada,Mexico,Brazil,Argentina,Chile,Peru,Colombia,Ecuador,Uruguay,Bolivia,Cuba,Jamaica
the United States,the USA,the UK,England,Scotland,Wales,Russia,Ukraine,Belarus,Romania,Bulgaria,Serbia,Croatia,Slovenia,Slovakia,Estonia,Latvia
Lithuania,Iceland,Belgium,the Netherlands,Switzerland,Luxembourg,Malta,Cyprus,Israel,Jordan,Lebanon,Iraq,Iran,Qatar,Kuwait,Oman,Georgia,Armenia""")
NRP = _w("""American,British,French,German,Spanish,Italian,Portuguese,Irish,Norwegian,Swedish,Finnish,Danish,Polish,Austrian,Hungarian,Greek,Turkish
Egyptian,Nigerian,Ghanaian,Kenyan,South African,Moroccan,Indian,Pakistani,Bangladeshi,Chinese,Japanese,Korean,Vietnamese,Thai,Indonesian,Malaysian
Filipino,Australian,Canadian,Mexican,Brazilian,Argentinian,Chilean,Peruvian,Colombian,Cuban,Jamaican,Russian,Ukrainian,Romanian,Bulgarian,Serbian
Dutch,Belgian,Swiss,Israeli,Iranian,Iraqi,Scottish,Welsh,Catholic,Protestant,Muslim,Jewish,Hindu,Buddhist,Sikh,Christian,Orthodox,Mormon,Republican
Democrat,Labour,Conservative,Liberal,Hispanic,Latino,Asian,Caucasian,African American,Kurdish,Basque,Catalan,Tibetan""")
TITLE = _w("Mr.,Mrs.,Ms.,Dr.,Miss,Prof.,Mr,Mrs,Ms,Dr,Professor,Sir,Rev.,Capt.,Sgt.,Judge,Lord,Lady")
STREET = _w("""Main,Oak,Maple,Cedar,Pine,Elm,Washington,Lake,Hill,Park,Church,High,Mill,River,Spring,Ridge,Sunset,Lincoln,Jackson,Franklin,Madison
Highland,Forest,Meadow,Willow,Chestnut,Walnut,Cherry,Prospect,Center,Railroad,Station,Victoria,King,Queen,Albert,Market,Garden,Harbor,Valley
Birch,Magnolia,Dogwood,Juniper,Hawthorn,Canal,Bridge,College,School,Liberty,Union,Grant,Jefferson,Monroe,Adams,Clinton,Summit,Grove,Orchard""")
STREET_KIND = _w("Street,St,St.,Avenue,Ave,Ave.,Road,Rd,Lane,Ln,Drive,Dr,Boulevard,Blvd,Court,Ct,Way,Place,Terrace,Circle,Square,Parkway,Close")
STATE = _w("""AL,AK,AZ,AR,CA,CO,CT,DE,FL,GA,HI,ID,IL,IN,IA,KS,KY,LA,ME,MD,MA,MI,MN,MS,MO,MT,NE,NV,NH,NJ,NM,NY,NC,ND,OH,OK,OR,PA,RI,SC,SD,TN,TX,UT,VT
VA,WA,WV,WI,WY""")
STATE_NAME = _w("""Alabama,Alaska,Arizona,Arkansas,California,Colorado,Connecticut,Delaware,Florida,Georgia,Hawaii,Idaho,Illinois,Indiana,Iowa,Kansas
Kentucky,Louisiana,Maine,Maryland,Massachusetts,Michigan,Minnesota,Missouri,Montana,Nebraska,Nevada,New Jersey,New Mexico,Ohio,Oregon,Texas,Utah""")
ORG_BASE = _w("""Acme,Globex,Initech,Northwind,Contoso,Fabrikam,Bluebird,Redwood,Silverline,Ironbridge,Lakeside,Summit,Pioneer,Horizon,Evergreen,Atlas
Beacon,Cobalt,Delta,Falcon,Granite,Harbor,Keystone,Liberty,Meridian,Nimbus,Orion,Pinnacle,Quantum,Riverside,Sterling,Titan,Unity,Vertex,Westfield
Zenith,Apex,Cascade,Everest,Frontier,Golden Gate,Heritage,Juniper,Maplewood,Oakridge,Parkview,Sunrise,Trident,Vanguard,Whitestone,Brightway,Clearwater""")
ORG_TAIL = _w("""Inc,Inc.,Ltd,LLC,Corp,Corp.,Group,Bank,Insurance,Industries,Systems,Solutions,Partners,Holdings,Logistics,Foods,Energy,Media,Labs
Software,Health,Hospital,University,College,Institute,Airlines,Motors,Pharma,Capital,Consulting,Technologies,Foundation,Council,Union,Studios,Airways
& Sons,& Co,and Sons,GmbH,AG,PLC,Trust,Society,Church,Records,Electronics,Telecom,Bakery,Clinic,Credit Union""")
ORG_REAL = _w("""Microsoft,Google,Apple,Amazon,Netflix,Facebook,Intel,IBM,Oracle,Siemens,Toyota,Honda,BMW,Nestle,Unilever,Pfizer,Boeing,Airbus,FedEx,UPS
Walmart,Target,Costco,Starbucks,Ikea,Samsung,Sony,Nokia,Ericsson,Visa,PayPal,Citibank,HSBC,Barclays,Wells Fargo,Bank of America,the FBI,NASA,the BBC
CNN,the United Nations,UNICEF,Red Cross,Harvard University,MIT,Stanford,the New York Times,Reuters,Nike,Adidas,Shell,Vodafone,Spotify,Uber,Tesla""")
MAIL_HOST = _w("""gmail.com,yahoo.com,outlook.com,hotmail.com,icloud.com,aol.com,example.com,example.org,mail.ru,web.de,proton.me,company.com,acme.co.uk
live.fr,university.edu,startup.io,northwind.net,mailbox.org,gmx.de,bluebird.com.au""")
HOST_TAIL = _w("com,org,net,io,co.uk,de,fr,info,edu,gov,app,dev,es,it,com.au,biz,me,shop")
JOB = _w("""engineer,teacher,nurse,accountant,lawyer,driver,manager,designer,analyst,plumber,electrician,doctor,chef,writer,consultant,developer,clerk
pharmacist,architect,salesperson,cashier,technician,editor,researcher,dentist,pilot,farmer""")
THING = _w("""order,package,laptop,invoice,subscription,refund,ticket,booking,delivery,contract,password,phone,router,report,payment,claim,application
appointment,account,printer,key,badge,parcel,statement,policy,bill,reservation,device,complaint,renewal""")
MONTH = _w("January,February,March,April,May,June,July,August,September,October,November,December")
DAY = _w("Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday")
