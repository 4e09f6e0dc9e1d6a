import { expect, test } from 'vitest'
import { findInField } from '../../field.ts'
import { findIdentifiers } from '../../find.ts'
import { luhn, mod97, mod1110, verhoeff } from '../checksums.ts'
import { americas } from './americas.ts'
import { asiaPacificAfrica } from './asia-pacific-africa.ts'
import { easternEurope } from './eastern-europe.ts'
import { northernEurope } from './northern-europe.ts'
import { westernEurope } from './western-europe.ts'

const found = (text: string) => findIdentifiers(text).map((s) => `${s.type}:${text.slice(s.start, s.end)}`)

test('checksums agree with published examples', () => {
  expect(luhn('79927398713')).toBe(true)
  expect(luhn('79927398710')).toBe(false)
  expect(mod97('GB82WEST12345698765432')).toBe(1)
  expect(mod1110('86095742719')).toBe(true)
  expect(mod1110('86095742718')).toBe(false)
  expect(verhoeff('2363')).toBe(true)
  expect(verhoeff('2364')).toBe(false)
})

const examples: readonly (readonly [string, string, string])[] = [
  ['MEDICAL_LICENSE', 'DEA BB1388568', 'BB1388568'],
  ['MEDICAL_LICENSE', 'NPI 1234567893', '1234567893'],
  ['UK_NINO', 'my NI is AB 12 34 56 C.', 'AB 12 34 56 C'],
  ['UK_NHS', 'NHS no. 943 476 5919', '943 476 5919'],
  ['PL_PESEL', 'pesel 44051401359', '44051401359'],
  ['PL_NIP', 'faktura na 123-456-32-18', '123-456-32-18'],
  ['PL_NIP', 'NIP: 1234563218', '1234563218'],
  ['DE_TAX_ID', 'IdNr. 65 929 970 489', '65 929 970 489'],
  ['DE_TAX_ID', 'steuer 86095742719', '86095742719'],
  ['FR_NIR', 'sécu 2 55 08 14 168 025 38', '2 55 08 14 168 025 38'],
  ['ES_NIF', 'DNI 12345678Z', '12345678Z'],
  ['ES_NIE', 'NIE X-1234567-L', 'X-1234567-L'],
  ['IT_FISCAL_CODE', 'CF rssmra85t10a562s', 'rssmra85t10a562s'],
  ['NL_BSN', 'BSN 111222333', '111222333'],
  ['IN_AADHAAR', 'id 2341 2341 2346', '2341 2341 2346'],
  ['IN_AADHAAR', 'aadhaar: 234123412346', '234123412346'],
  ['IN_PAN', 'PAN ABCPE1234F', 'ABCPE1234F'],
  ['CA_SIN', 'her SIN is 130 692 544', '130 692 544'],
  ['AU_TFN', 'TFN 123 456 782', '123 456 782'],
  ['AU_MEDICARE', 'Medicare 2123 45670 1', '2123 45670 1'],
  ['BR_CPF', 'cpf 529.982.247-25', '529.982.247-25'],
  ['BR_CPF', 'cpf 52998224725', '52998224725'],
  ['BR_CNPJ', 'cnpj 11.222.333/0001-81', '11.222.333/0001-81'],
  ['CH_AHV', 'AHV 756.9217.0769.85', '756.9217.0769.85'],
  ['CN_ID', '11010519491231002x', '11010519491231002x'],
  ['US_SSN', 'social security 219099999', '219099999'],
  ['US_ITIN', 'ITIN 912-70-1234', '912-70-1234'],
  ['US_EIN', 'EIN: 12-3456789', '12-3456789'],
  ['US_MBI', 'MBI 1EG4-TE5-MK73', '1EG4-TE5-MK73'],
  ['CA_SIN', 'social insurance number 046 454 286', '046 454 286'],
  ['BR_RG', 'RG 12.345.678-9', '12.345.678-9'],
  ['MX_CURP', 'HEGG560427MVZRRL04', 'HEGG560427MVZRRL04'],
  ['MX_RFC', 'RFC GODE561231GR8', 'GODE561231GR8'],
  ['MX_NSS', 'NSS 92038812340', '92038812340'],
  ['DNI', 'documento 35.517.684', '35.517.684'],
  ['AR_CUIT', '20-12345678-6', '20-12345678-6'],
  ['CL_RUT', 'RUT 12.345.678-5', '12.345.678-5'],
  ['CEDULA', 'cédula de ciudadanía 79450665', '79450665'],
  ['VE_CEDULA', 'cédula V-22436247', 'V-22436247'],
  ['UY_CI', '1.234.567-2', '1.234.567-2'],
  ['DO_CEDULA', 'cédula 001-1391830-4', '001-1391830-4'],
  ['SV_DUI', 'DUI 00016297-5', '00016297-5'],
  ['UK_UTR', 'UTR 58053 75795', '58053 75795'],
  ['DE_ID_CARD', 'Ausweis T220001293', 'T220001293'],
  ['DE_SOCIAL_INSURANCE', 'SV-Nummer 15 280885 T 942', '15 280885 T 942'],
  ['FR_SIREN', 'SIREN 732 829 320', '732 829 320'],
  ['FR_TAX_ID', 'numéro fiscal 30 23 217 600 053', '30 23 217 600 053'],
  ['ES_CIF', 'CIF A58818501', 'A58818501'],
  ['ES_SOCIAL_SECURITY', 'NUSS 28/12345678/40', '28/12345678/40'],
  ['IT_VAT_CODE', 'P.IVA 07643520567', '07643520567'],
  ['IT_IDENTITY_CARD', "carta d'identità CA12345AA", 'CA12345AA'],
  ['BE_NATIONAL_NUMBER', '85.07.30-033.28', '85.07.30-033.28'],
  ['LU_ID', 'matricule 1983080112345', '1983080112345'],
  ['PT_NIF', 'contribuinte 123 456 789', '123 456 789'],
  ['PT_CITIZEN_CARD', 'cartão de cidadão 00000000 0 ZZ4', '00000000 0 ZZ4'],
  ['AT_SVNR', 'SVNR 1237 010180', '1237 010180'],
  ['IE_PPS', 'PPS no. 1234567FA', '1234567FA'],
  ['GR_AMKA', 'ΑΜΚΑ 11073509215', '11073509215'],
  ['GR_AFM', 'ΑΦΜ 090000045', '090000045'],
  ['MT_ID', 'id card 1234567M', '1234567M'],
  ['EU_VAT', 'VAT DE123456789', 'DE123456789'],
  ['SE_PERSONNUMMER', '811218-9876', '811218-9876'],
  ['SE_ORGNR', 'org.nr 556036-0793', '556036-0793'],
  ['FI_PERSONAL_IDENTITY_CODE', '131052-308T', '131052-308T'],
  ['DK_CPR', 'CPR 070761-4285', '070761-4285'],
  ['NO_FODSELSNUMMER', '29029600013', '29029600013'],
  ['IS_KENNITALA', 'kennitala 120174-3399', '120174-3399'],
  ['EE_LT_CODE', '37605030299', '37605030299'],
  ['LV_CODE', '161175-19997', '161175-19997'],
  ['PL_REGON', 'REGON 123456785', '123456785'],
  ['PL_ID_CARD', 'dowód ABA 300000', 'ABA 300000'],
  ['CZ_SK_BIRTH_NUMBER', 'r.č. 736028/5163', '736028/5163'],
  ['RO_CNP', '1800101221144', '1800101221144'],
  ['BG_EGN', 'ЕГН 7523169263', '7523169263'],
  ['JMBG', '0101006500006', '0101006500006'],
  ['HR_OIB', 'OIB 69435151530', '69435151530'],
  ['HU_ID', 'TAJ 123 456 788', '123 456 788'],
  ['TR_ID', '10000000146', '10000000146'],
  ['RU_INN', 'ИНН 500100732259', '500100732259'],
  ['RU_SNILS', '112-233-445 95', '112-233-445 95'],
  ['RU_PASSPORT', 'паспорт 45 06 123456', '45 06 123456'],
  ['UA_TAX_ID', 'РНОКПП 3552795723', '3552795723'],
  ['KZ_IIN', 'ИИН 950717300123', '950717300123'],
  ['IL_ID', 'תעודת זהות 123456782', '123456782'],
  ['IN_VOTER', 'voter id ABC1234567', 'ABC1234567'],
  ['IN_GSTIN', '27AAPFU0939F1ZV', '27AAPFU0939F1ZV'],
  ['PK_CNIC', '35202-1234567-1', '35202-1234567-1'],
  ['BD_NID', 'NID 404 043 7043', '404 043 7043'],
  ['LK_NIC', 'NIC 853400937V', '853400937V'],
  ['TW_ID', 'A123456789', 'A123456789'],
  ['HK_ID', 'A123456(3)', 'A123456(3)'],
  ['JP_MY_NUMBER', 'マイナンバー 1234 5678 9018', '1234 5678 9018'],
  ['KR_RRN', '800101-1234567', '800101-1234567'],
  ['TH_TNIN', '1-1017-00230-70-8', '1-1017-00230-70-8'],
  ['SG_NRIC_FIN', 'S1234567D', 'S1234567D'],
  ['SG_UEN', 'UEN 53333444D', '53333444D'],
  ['MY_MYKAD', '801231-14-5678', '801231-14-5678'],
  ['ID_NIK', 'NIK 3174512612407920', '3174512612407920'],
  ['PH_ID', 'SSS 67-9085750-5', '67-9085750-5'],
  ['VN_CCCD', 'CCCD 001085012345', '001085012345'],
  ['AU_ABN', '51 824 753 556', '51 824 753 556'],
  ['AU_ACN', 'ACN 004 085 616', '004 085 616'],
  ['NZ_IRD', 'IRD 49-091-850', '49-091-850'],
  ['NZ_NHI', 'NHI ZAC5361', 'ZAC5361'],
  ['ZA_ID', '8001015009087', '8001015009087'],
  ['NG_NIN', 'NIN 12345678901', '12345678901'],
  ['KE_ID', 'huduma 12345678', '12345678'],
  ['EG_ID', 'Egyptian ID 29001011234567', '29001011234567'],
  ['AE_ID', '784-1980-1234567-1', '784-1980-1234567-1'],
  ['SA_ID', 'iqama 2000000006', '2000000006'],
  ['IR_ID', 'کد ملی 0499370899', '0499370899'],
]
test.each(examples)('%s in %s', (type, text, value) => {
  expect(found(text)).toEqual([`${type}:${value}`])
})

test('every number of the tables has an example', () => {
  const tables = [americas, westernEurope, northernEurope, easternEurope, asiaPacificAfrica].flat()
  expect([...new Set(examples.map(([type]) => type))].sort()).toEqual(
    [...new Set(tables.map(({ type }) => type))].sort(),
  )
})

test.each([
  ['NHS 9434765918', 'UK_NHS'],
  ['NIP 1234563217', 'PL_NIP'],
  ['my BSN is 111222334', 'NL_BSN'],
  ['SIN 130 692 545', 'CA_SIN'],
  ['ssn 000099999', 'US_SSN'],
  ['is 943 476 5918 a valid NHS number?', 'UK_NHS'],
  ['<td>SSN</td><td>219099999</td>', 'US_SSN'],
  ['| SSN | 219099999 |', 'US_SSN'],
  ['name,ssn\nAnna,219099999', 'US_SSN'],
  ['Under "NHS number" she typed 9434765918', 'UK_NHS'],
])('right by its name a mistyped number is one, too: %j', (text, type) => {
  expect(findIdentifiers(text).map((span) => span.type)).toEqual([type])
})

test.each([
  'AB 12 34 56 E',
  'BG 12 34 56 C',
  '44051401358',
  '44991401350',
  '1234563218',
  '86095742718',
  '12345678A',
  'X1234567A',
  'rssmra85t10a562t',
  '111222333',
  '2341 2341 2347',
  '234123412346',
  'ABCXE1234F',
  'the NHS treats 9434765 people',
  'social security paid $219099999',
  'created at 1700000000000',
  '131052-308U',
  'S1234567E',
  '8001015009088',
  'A123456(4)',
  '130 692 544',
  '123 456 782',
  '111.111.111-11',
  '529.982.247-26',
  '756.9217.0769.84',
  '110105194912310021',
  '219099999',
  'tickets-52998224725-x',
  'https://example.com/e/52998224725',
])('nothing in %s', (text) => {
  expect(found(text)).toEqual([])
})

test.each([
  ['DOB: 03/12/1985', '03/12/1985'],
  ['date of birth is 1985-03-12.', '1985-03-12'],
  ['She was born on 12 March 1985 in Leeds', '12 March 1985'],
  ['born March 3rd, 1985', 'March 3rd, 1985'],
  ['geboren am 12.03.1985', '12.03.1985'],
  ['née le 12/03/1985', '12/03/1985'],
])('a date of birth in %s', (text, date) => {
  expect(found(text)).toEqual([`DATE_OF_BIRTH:${date}`])
})

test.each([
  'born in 1985',
  'reborn 1985-03-12',
  'on 12 March 1985',
  'stubborn 1985-03-12',
  'born 1985-13-12',
])('no date of birth in %s', (text) => {
  expect(found(text)).toEqual([])
})

test('the name of a field says what its digits are', () => {
  const inField = (name: string, value: string) =>
    findInField(name, value).map((s) => `${s.type}:${value.slice(s.start, s.end)}`)
  expect(inField('ssn', '219099999')).toEqual(['US_SSN:219099999'])
  expect(inField('nhsNumber', '9434765919')).toEqual(['UK_NHS:9434765919'])
  expect(inField('phone_number', '469 34 883')).toEqual(['PHONE_NUMBER:469 34 883'])
  expect(inField('birthDate', '1985-03-12')).toEqual(['DATE_OF_BIRTH:1985-03-12'])
  expect(inField('count', '219099999')).toEqual([])
  expect(inField('password', 'correct horse')).toEqual(['PASSWORD:correct horse'])
  expect(inField('clientSecret', 'abc')).toEqual(['PASSWORD:abc'])
  expect(inField('note', 'ask ann@lee.org')).toEqual(['EMAIL_ADDRESS:ann@lee.org'])
  expect(inField('password', 'null')).toEqual([])
})
